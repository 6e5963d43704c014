package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a test of {@link SqlAssistTest} fail if an engine acquired a connection more often than this
 * while the test method ran, on any thread. On a class it holds for each of its tests; one on the
 * method goes before one of the class for the same engine.
 *
 * <p>In a shared transaction no connection is acquired, so nothing could be counted: such a test is
 * refused.
 *
 * <p>Immutable; may be read by any thread.
 *
 * @see Statements#assertConnectionsAtMost
 */
@Documented
@Inherited
@Repeatable(MaxConnections.List.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface MaxConnections {

  /**
   * How often at most.
   *
   * @return the number
   */
  int value();

  /**
   * The engine.
   *
   * @return its name
   */
  String engine();

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
    MaxConnections[] value();
  }
}
