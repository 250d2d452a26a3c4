package dev.millrace;

public final class Main {
    public static void main(String[] args) {}
}
