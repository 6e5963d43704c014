/**
 * A bookshop on three databases, to be read, run and copied from: one feature per file.
 *
 * <p>{@link io.sqlassist.example.ShopApp} starts it. The catalogue and the orders are in the shop
 * database (engines {@code reader} and {@code writer}), what is owed is in the ledger (engine
 * {@code ledger}), and who ordered what with which outcome in the audit database (engine {@code
 * logger}). {@code writer} and {@code ledger} commit together, through JTA.
 */
@NullMarked
package io.sqlassist.example;

import org.jspecify.annotations.NullMarked;
