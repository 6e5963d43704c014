package io.sqlassist.debugpanel;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the statements that a test shows: {@code S1} to {@code S20} of security, {@code A1} to
 * {@code A20} of acceptance. They are listed in {@code docs/design/debug-panel-proofs.md}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Proves {

  /** Numbers of statements. */
  String[] value();
}
