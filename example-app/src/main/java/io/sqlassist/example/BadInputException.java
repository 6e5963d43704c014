package io.sqlassist.example;

import java.io.Serial;

/** What a client sent can't be used: answered by 400 with the reason and the field's name. */
final class BadInputException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final String field;

  BadInputException(String field, String reason) {
    super(reason);
    this.field = field;
  }

  String field() {
    return field;
  }
}
