package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a test of {@link SqlAssistTest} fail if it ran more statements than this, itself or by way
 * of the application, on any thread. Counted from the beginning of the test method to its end,
 * without {@code @BeforeEach} and {@code @AfterEach}; what the end of the test's unit would flush
 * is not counted. On a class it holds for each of its tests; one on the method goes before one of
 * the class for the same engine.
 *
 * <p>Immutable; may be read by any thread.
 *
 * @see Statements what counts as a statement, and the same to be programmed
 */
@Documented
@Inherited
@Repeatable(MaxStatements.List.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface MaxStatements {

  /**
   * How many at most; 0: the engine is not used.
   *
   * @return the number
   */
  int value();

  /**
   * The engine. Default: all of them together.
   *
   * @return its name
   */
  String engine() default "";

  /**
   * Several of these.
   *
   * <p>Immutable; may be read by any thread.
   */
  @Documented
  @Inherited
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  @interface List {

    /**
     * All of them.
     *
     * @return one for each engine
     */
    MaxStatements[] value();
  }
}
