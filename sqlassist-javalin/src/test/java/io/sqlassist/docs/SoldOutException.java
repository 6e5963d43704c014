package io.sqlassist.docs;

/** An exception of the documentation's shop that it answers with a friendly page. */
final class SoldOutException extends RuntimeException {

  private static final long serialVersionUID = 1L;
}
