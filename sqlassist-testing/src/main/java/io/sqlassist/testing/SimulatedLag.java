package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets engines lag behind in a test of {@link SqlAssistTest}, as replicas do: they see the state of
 * their database when the test began, and later states only by {@link ReplicaLag#catchUp()}, for
 * which the test takes a parameter of type {@link ReplicaLag}. For tests whose transactions are not
 * shared: a replica never sees what is not committed.
 *
 * <p>Immutable; may be read by any thread.
 *
 * @see ReplicaLag what it shows and what it does not
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface SimulatedLag {

  /**
   * The engines that lag behind; they must be read-only.
   *
   * @return their names
   */
  String[] value();
}
