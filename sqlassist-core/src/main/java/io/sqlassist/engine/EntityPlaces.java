package io.sqlassist.engine;

import jakarta.persistence.metamodel.EntityType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.UnknownEntityTypeException;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.query.sqm.UnknownEntityException;
import org.jspecify.annotations.Nullable;

/**
 * Where each entity lives, among the engines there are at one time. Speaks of roles: the name under
 * which a unit of work asks for an engine, which is the engine's own or one that tenants share.
 */
final class EntityPlaces {

  static final EntityPlaces NONE = new EntityPlaces(List.of());

  /** What Hibernate says of a class that it does not map, in its own exception and in JPA's. */
  private static final Pattern UNKNOWN_ENTITY =
      Pattern.compile("Unknown entity type '([^']+)'.*|Not an entity: (\\S+)", Pattern.DOTALL);

  private final List<Engine> engines;
  private final Map<Class<?>, String> owners = new LinkedHashMap<>();
  private final Map<Class<?>, String> found = new ConcurrentHashMap<>();

  private EntityPlaces(Collection<Engine> engines) {
    this.engines = List.copyOf(engines);
  }

  /**
   * The places among these engines.
   *
   * @param added the engine that is new, whose rules are checked; null if one was removed
   * @throws IllegalArgumentException if rules contradict each other
   */
  static EntityPlaces of(Collection<Engine> engines, @Nullable Engine added) {
    EntityPlaces places = new EntityPlaces(engines);
    for (Engine engine : engines) {
      for (Class<?> owned : engine.options().owned()) {
        places.own(engine, owned);
      }
    }
    if (added != null) {
      places.check(added);
    }
    return places;
  }

  private void own(Engine engine, Class<?> owned) {
    String role = engine.options().role();
    String other = owners.putIfAbsent(owned, role);
    if (other != null && !other.equals(role)) {
      throw new IllegalArgumentException(
          "Engines '"
              + other
              + "' and '"
              + role
              + "' both own "
              + owned.getName()
              + ". Remove it from the owns(...) of one of them.");
    }
  }

  private void check(Engine added) {
    for (Class<?> owned : added.options().owned()) {
      if (mappedBy(added).stream().noneMatch(owned::isAssignableFrom)) {
        throw new IllegalArgumentException(
            "Engine '"
                + added.name()
                + "' can't own "
                + owned.getName()
                + ": it maps neither that class nor one below it, but "
                + simpleNames(mappedBy(added))
                + ". Add it to entities(...), or remove it from owns(...).");
      }
    }
    Set<Class<?>> concerned = new LinkedHashSet<>(mappedBy(added));
    if (!added.options().owned().isEmpty()) {
      engines.forEach(engine -> concerned.addAll(mappedBy(engine)));
    }
    concerned.forEach(this::rule);
  }

  /**
   * Where an entity lives.
   *
   * @return the role of its engine
   * @throws EntityRoutingException if it can't be told
   */
  String roleOf(Class<?> type) {
    String role = found.get(type);
    if (role == null) {
      role = findRole(withoutProxy(type));
      found.put(type, role);
    }
    return role;
  }

  private static Class<?> withoutProxy(Class<?> type) {
    Class<?> entity = type;
    while (HibernateProxy.class.isAssignableFrom(entity) && entity.getSuperclass() != null) {
      entity = entity.getSuperclass();
    }
    return entity;
  }

  private String findRole(Class<?> entity) {
    List<Engine> mapping = engines.stream().filter(engine -> engine.maps(entity)).toList();
    if (mapping.isEmpty()) {
      throw new EntityRoutingException(
          "No engine maps "
              + entity.getName()
              + ". "
              + (engines.isEmpty() ? "No engine has been initialised yet." : mappings())
              + " Only entities live on an engine: add the class to the entities(...) of one.");
    }
    String rule = rule(entity);
    if (rule != null) {
      if (mapping.stream().noneMatch(engine -> engine.options().role().equals(rule))) {
        throw new EntityRoutingException(
            entity.getName()
                + " shall live on engine '"
                + rule
                + "', but "
                + (rolesOf(engines).contains(rule)
                    ? "that engine does not map it. Add it to the entities(...) of '" + rule + "'"
                    : "there is no such engine. Initialise it")
                + ", or correct @OnEngine or owns(...). Engines that map it: "
                + String.join(", ", rolesOf(mapping))
                + ".");
      }
      return rule;
    }
    return onlyRole(entity, mapping);
  }

  /**
   * Without a rule: an engine that can roll back before one that can't, and that before a reader.
   */
  private static String onlyRole(Class<?> entity, List<Engine> mapping) {
    for (EngineKind kind :
        List.of(EngineKind.READ_WRITE, EngineKind.AUTOCOMMIT, EngineKind.READ_ONLY)) {
      Set<String> roles =
          rolesOf(mapping.stream().filter(engine -> engine.options().kind() == kind).toList());
      if (roles.size() == 1) {
        return roles.iterator().next();
      }
      if (roles.size() > 1) {
        throw new EntityRoutingException(
            entity.getName()
                + " is mapped by the engines "
                + String.join(", ", roles)
                + ", and nothing says on which of them it lives. Put @OnEngine(\"...\") on the"
                + " class, call owns("
                + entity.getSimpleName()
                + ".class) on that engine, or leave the class out of the entities(...) of the"
                + " others.");
      }
    }
    throw new IllegalStateException("no engine maps " + entity.getName());
  }

  /**
   * What the rules say: the most specific class that has one, else the most specific interface.
   *
   * @return a role, or null without a rule
   */
  private @Nullable String rule(Class<?> entity) {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    for (Class<?> type = entity; type != null; type = type.getSuperclass()) {
      String role = ruleOn(type);
      if (role != null) {
        return role;
      }
      addInterfaces(type, interfaces);
    }
    List<Class<?>> ruled =
        interfaces.stream().filter(candidate -> ruleOn(candidate) != null).toList();
    Set<String> roles = new TreeSet<>();
    for (Class<?> candidate : ruled) {
      String role = ruleOn(candidate);
      boolean mostSpecific =
          ruled.stream().noneMatch(each -> each != candidate && candidate.isAssignableFrom(each));
      if (mostSpecific && role != null) {
        roles.add(role);
      }
    }
    if (roles.size() > 1) {
      throw new EntityRoutingException(
          entity.getName()
              + " shall live on the engines "
              + String.join(", ", roles)
              + " by rules on its interfaces, none of which is more specific than the others. Put"
              + " @OnEngine(\"...\") on the class, or call owns("
              + entity.getSimpleName()
              + ".class) on one engine.");
    }
    return roles.isEmpty() ? null : roles.iterator().next();
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> interfaces) {
    for (Class<?> each : type.getInterfaces()) {
      if (interfaces.add(each)) {
        addInterfaces(each, interfaces);
      }
    }
  }

  /** The rule on that very type; what an engine owns goes before an annotation. */
  private @Nullable String ruleOn(Class<?> type) {
    String owner = owners.get(type);
    if (owner != null) {
      return owner;
    }
    OnEngine annotation = type.getDeclaredAnnotation(OnEngine.class);
    if (annotation == null) {
      return null;
    }
    if (annotation.value().isBlank()) {
      throw new EntityRoutingException(
          "@OnEngine on " + type.getName() + " names no engine. Give it the engine's name.");
    }
    return annotation.value();
  }

  /** Says where an entity lives that was used on an engine that does not map it; null: nowhere. */
  @Nullable EntityRoutingException misplaced(Class<?> type, String engine) {
    Class<?> entity = withoutProxy(type);
    List<Engine> mapping = engines.stream().filter(each -> each.maps(entity)).toList();
    return mapping.isEmpty()
        ? null
        : new EntityRoutingException(
            entity.getName()
                + " is not mapped by engine '"
                + engine
                + "'. "
                + whereItLives(entity, mapping));
  }

  /**
   * Says where an entity lives that Hibernate knows nothing of.
   *
   * @return null if the failure is another one, or if no engine maps the entity
   */
  @Nullable EntityRoutingException misplaced(Throwable failure) {
    Throwable each = failure;
    for (int depth = 0; each != null && depth < 20; depth++, each = each.getCause()) {
      String name = unknownEntity(each);
      if (name != null) {
        return misplaced(name);
      }
    }
    return null;
  }

  private static @Nullable String unknownEntity(Throwable failure) {
    if (failure instanceof UnknownEntityException unknown) {
      return unknown.getEntityName();
    }
    boolean mayBe =
        failure instanceof UnknownEntityTypeException
            || failure.getClass() == IllegalArgumentException.class;
    String message = failure.getMessage();
    Matcher matcher = mayBe && message != null ? UNKNOWN_ENTITY.matcher(message) : null;
    if (matcher == null || !matcher.matches()) {
      return null;
    }
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
  }

  private @Nullable EntityRoutingException misplaced(String name) {
    List<Engine> mapping = new ArrayList<>();
    Class<?> entity = null;
    for (Engine engine : engines) {
      for (EntityType<?> type : engine.entityTypes()) {
        if (name.equals(type.getName())
            || (type.getJavaType() != null && name.equals(type.getJavaType().getName()))) {
          entity = type.getJavaType();
          mapping.add(engine);
        }
      }
    }
    return entity == null
        ? null
        : new EntityRoutingException(
            entity.getName()
                + " is not mapped by the engine it was used on. "
                + whereItLives(entity, mapping));
  }

  private String whereItLives(Class<?> entity, List<Engine> mapping) {
    String place;
    try {
      place = roleOf(entity);
    } catch (EntityRoutingException e) {
      return "Engines that map it: " + String.join(", ", rolesOf(mapping)) + ".";
    }
    return "It lives on engine '"
        + place
        + "': use db.sessionFor("
        + entity.getSimpleName()
        + ".class), or db.session(\""
        + place
        + "\").";
  }

  private String mappings() {
    Map<String, Set<Class<?>>> byRole = new LinkedHashMap<>();
    for (Engine engine : engines) {
      byRole
          .computeIfAbsent(engine.options().role(), role -> new LinkedHashSet<>())
          .addAll(mappedBy(engine));
    }
    List<String> each = new ArrayList<>();
    byRole.forEach((role, entities) -> each.add(role + " maps " + simpleNames(entities)));
    return "Engine " + String.join(", engine ", each) + ".";
  }

  private static List<String> simpleNames(Collection<Class<?>> types) {
    return types.stream().map(Class::getSimpleName).sorted().toList();
  }

  private static Set<String> rolesOf(Collection<Engine> engines) {
    Set<String> roles = new LinkedHashSet<>();
    engines.forEach(engine -> roles.add(engine.options().role()));
    return roles;
  }

  /** The entities of an engine; none for those that are mapped without a class. */
  private static Set<Class<?>> mappedBy(Engine engine) {
    return engine.mappedClasses();
  }
}
