package dev.millrace.platform.http;

/** What an account may do besides using the product. */
public enum Role {
    USER,
    ADMIN
}
