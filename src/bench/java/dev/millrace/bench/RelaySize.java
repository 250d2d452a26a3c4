package dev.millrace.bench;

/** So many streams, each with so many chunks a second. */
record RelaySize(int streams, int rate) {}
