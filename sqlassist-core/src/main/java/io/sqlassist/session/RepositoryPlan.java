package io.sqlassist.session;

import io.sqlassist.engine.EntityRoutingException;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * How to make a repository: the class that Hibernate's annotation processor has generated from an
 * interface, what its constructor takes, and which entities it works with. Knows no annotation of
 * Jakarta Data: whatever has such a constructor is a repository.
 */
final class RepositoryPlan {

  /** One for each type, forgotten with its class loader. */
  private static final ClassValue<RepositoryPlan> PLANS =
      new ClassValue<>() {
        @Override
        protected RepositoryPlan computeValue(Class<?> type) {
          return new RepositoryPlan(type);
        }
      };

  private final Class<?> type;
  private final Constructor<?> constructor;
  private final Set<Class<?>> entities;

  private RepositoryPlan(Class<?> type) {
    this.type = type;
    this.constructor = constructorOf(type.isInterface() ? implementationOf(type) : type);
    Set<Class<?>> found = new LinkedHashSet<>();
    addEntitiesOf(type, found, new LinkedHashSet<>());
    this.entities = found;
  }

  /**
   * The plan of a repository.
   *
   * @param type the interface, or what was generated from it
   * @throws IllegalArgumentException if nothing was generated
   */
  static RepositoryPlan of(Class<?> type) {
    return PLANS.get(type);
  }

  private static Class<?> implementationOf(Class<?> type) {
    String name = type.getName() + "_";
    try {
      return Class.forName(name, false, type.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "There is no implementation of "
              + type.getName()
              + ": expected the class "
              + name
              + ", which Hibernate's annotation processor generates from an interface with"
              + " @Repository, or with methods of @Find, @HQL or @SQL. "
              + (type.isMemberClass()
                  ? "It generates none for an interface inside of another type: give "
                      + type.getSimpleName()
                      + " a file of its own. "
                  : "")
              + "Add the processor to the configuration of maven-compiler-plugin:\n"
              + "<annotationProcessorPaths>\n"
              + "  <path>\n"
              + "    <groupId>org.hibernate.orm</groupId>\n"
              + "    <artifactId>hibernate-processor</artifactId>\n"
              + "    <version>"
              + org.hibernate.Version.getVersionString()
              + "</version>\n"
              + "  </path>\n"
              + "</annotationProcessorPaths>",
          e);
    }
  }

  private static Constructor<?> constructorOf(Class<?> implementation) {
    for (Constructor<?> each : implementation.getConstructors()) {
      if (each.getParameterCount() == 1 && takesSession(each.getParameterTypes()[0])) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        implementation.getName()
            + " is no repository: expected a public constructor that takes a StatelessSession, a"
            + " Session or an EntityManager, as those that Hibernate's annotation processor"
            + " generates have.");
  }

  private static boolean takesSession(Class<?> parameter) {
    return parameter == StatelessSession.class
        || parameter == Session.class
        || parameter == EntityManager.class;
  }

  private static void addEntitiesOf(Class<?> type, Set<Class<?>> entities, Set<Type> seen) {
    if (type == Object.class || !seen.add(type)) {
      return;
    }
    for (Type each : type.getGenericInterfaces()) {
      addEntitiesIn(each, entities, seen);
    }
    for (Class<?> each : type.getInterfaces()) {
      addEntitiesOf(each, entities, seen);
    }
    for (Method method : type.getDeclaredMethods()) {
      if (!Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()) {
        addEntitiesIn(method.getGenericReturnType(), entities, seen);
        for (Type parameter : method.getGenericParameterTypes()) {
          addEntitiesIn(parameter, entities, seen);
        }
      }
    }
  }

  private static void addEntitiesIn(Type type, Set<Class<?>> entities, Set<Type> seen) {
    if (type instanceof Class<?> raw) {
      if (raw.isArray()) {
        addEntitiesIn(raw.getComponentType(), entities, seen);
      } else if (raw.isAnnotationPresent(Entity.class)) {
        entities.add(raw);
      }
    } else if (type instanceof ParameterizedType parameterized && seen.add(type)) {
      for (Type argument : parameterized.getActualTypeArguments()) {
        addEntitiesIn(argument, entities, seen);
      }
    } else if (type instanceof GenericArrayType array) {
      addEntitiesIn(array.getGenericComponentType(), entities, seen);
    } else if (type instanceof WildcardType wildcard) {
      for (Type bound : wildcard.getUpperBounds()) {
        addEntitiesIn(bound, entities, seen);
      }
    }
  }

  /**
   * The entity whose engine is the repository's: the one it is declared for, else the only one.
   *
   * @throws IllegalArgumentException if there is none, or none that goes before the others
   */
  Class<?> entity() {
    Class<?> declared = declaredEntity(type);
    if (declared != null) {
      return declared;
    }
    if (entities.size() == 1) {
      return entities.iterator().next();
    }
    Set<String> names = new TreeSet<>();
    entities.forEach(each -> names.add(each.getSimpleName()));
    throw new IllegalArgumentException(
        "On which engine "
            + type.getName()
            + " shall work can't be told: it works with "
            + (names.isEmpty() ? "no entity" : "several entities, " + String.join(", ", names))
            + ", and is not declared for one of them, as by CrudRepository<Book, Long>. Say which:"
            + " db.on(\"...\").repository("
            + type.getSimpleName()
            + ".class).");
  }

  /** What a repository's type is declared for is the first argument of what it extends. */
  private static @Nullable Class<?> declaredEntity(Class<?> type) {
    for (Type each : type.getGenericInterfaces()) {
      if (each instanceof ParameterizedType parameterized
          && parameterized.getActualTypeArguments()[0] instanceof Class<?> first
          && first.isAnnotationPresent(Entity.class)) {
        return first;
      }
    }
    for (Class<?> each : type.getInterfaces()) {
      Class<?> inherited = declaredEntity(each);
      if (inherited != null) {
        return inherited;
      }
    }
    return null;
  }

  /** Refuses an engine that does not map all of the entities. */
  void check(EngineSlot slot) {
    for (Class<?> entity : entities) {
      if (!slot.maps(entity)) {
        String advice;
        try {
          String place = slot.unit().engineFor(entity);
          advice =
              "It lives on engine '"
                  + place
                  + "': use db.on(\""
                  + place
                  + "\").repository(...), or db.repository(...).";
        } catch (EntityRoutingException e) {
          advice = e.getMessage();
        }
        throw new EntityRoutingException(
            "The repository "
                + type.getName()
                + " works with "
                + entity.getName()
                + ", which engine '"
                + slot.name()
                + "' does not map. "
                + advice);
      }
    }
  }

  /** The class of the objects that {@link #make} makes. */
  Class<?> implementation() {
    return constructor.getDeclaringClass();
  }

  /** A new repository on a session; which of the two it takes is generated into it. */
  Object make(ScopedSession sessions) {
    boolean stateless = constructor.getParameterTypes()[0] == StatelessSession.class;
    try {
      return constructor.newInstance(stateless ? sessions.statelessSession() : sessions.session());
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "The constructor of " + implementation().getName() + " failed: " + e.getCause(),
          e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(
          implementation().getName()
              + " can't be used from here. If it is in a named module, let the module say: opens "
              + type.getPackageName()
              + " to io.sqlassist.core;",
          e);
    } catch (InstantiationException e) {
      throw new IllegalArgumentException(implementation().getName() + " is abstract.", e);
    }
  }
}
