package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says how a test of {@link SqlAssistTest} is looked at for what it left open. Without this
 * annotation every test is: a unit of work that has a session, or a connection, which was opened
 * after the test began and is open after its end, fails it; the message says where it was opened.
 *
 * <p>Connections are seen of engines that were initialised after the instruments were added, see
 * {@link Instruments}; units of work in any case. A unit that has opened no session holds nothing,
 * and is seen only if it is still current on the test's thread. Sessions that were opened outside
 * of units are seen by the connections that they hold.
 *
 * <p>Immutable; may be read by any thread.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface LeakCheck {

  /**
   * Whether to look. {@code false} is for tests of applications that have work of their own going
   * on, such as a scheduler.
   *
   * @return true by default
   */
  boolean value() default true;

  /**
   * How long to wait for what the application is about to close, in milliseconds. A test that
   * leaves nothing open does not wait.
   *
   * @return 10000 by default
   */
  long graceMillis() default 10_000;
}
