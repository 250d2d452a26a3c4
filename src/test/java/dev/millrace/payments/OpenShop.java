package dev.millrace.payments;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Tests in a shop of their own, which is in order after each of them. */
abstract class OpenShop {
    static Shop shop;

    @BeforeAll
    static void open() {
        shop = Shop.open();
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    @AfterEach
    void everythingIsInOrder() {
        shop.inOrder();
    }
}
