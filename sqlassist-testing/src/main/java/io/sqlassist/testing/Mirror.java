package io.sqlassist.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets an engine use the connection of another one in a shared transaction: a read-only engine then
 * sees what the other has not committed, also if it is configured for another database, as a
 * replica is. Without this annotation a read-only engine mirrors the one engine that writes to the
 * same database, if there is exactly one.
 *
 * <p>It can't show what a replica does differently: it never lags behind (see {@link
 * SimulatedLag}), has the rights of the other's user, and is in the other's transaction, so that on
 * PostgreSQL a statement that fails there fails the whole. What keeps a read-only engine from
 * writing is SqlAssist's guard, as ever.
 *
 * <p>Has no meaning without a shared transaction: there let both engines use the same database.
 *
 * <p>Immutable; may be read by any thread.
 */
@Documented
@Inherited
@Repeatable(Mirror.List.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Mirror {

  /**
   * The engine that mirrors; it must be read-only.
   *
   * @return its name
   */
  String engine();

  /**
   * The engine that is mirrored.
   *
   * @return its name
   */
  String of();

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
     * @return one for each engine that mirrors
     */
    Mirror[] value();
  }
}
