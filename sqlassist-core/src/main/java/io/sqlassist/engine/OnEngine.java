package io.sqlassist.engine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says on which engine an entity lives, for {@code db.sessionFor(Entity.class)}. Stands on the
 * entity, on one of its superclasses, mapped or not, or on an interface; the most specific one
 * counts. What an engine {@linkplain EngineConfig#owns(Class[]) owns} goes before an annotation on
 * the same type.
 *
 * <p>On a parameter of a test, see {@code sqlassist-testing}, it says whose session is meant.
 *
 * <p>An annotation is all that an entity needs of SqlAssist, and where the library is missing at
 * run time it is ignored. It doesn't map the entity: the engine has to.
 *
 * <p>Immutable; may be read by any thread.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.PARAMETER})
public @interface OnEngine {

  /**
   * The engine.
   *
   * @return its name; for engines of tenants the name that they share
   */
  String value();
}
