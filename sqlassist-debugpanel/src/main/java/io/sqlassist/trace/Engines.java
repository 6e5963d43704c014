package io.sqlassist.trace;

import io.sqlassist.engine.Engine;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.trace.EntityInfo.AttributeInfo;
import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.PluralAttribute;
import jakarta.persistence.metamodel.SingularAttribute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hibernate.Version;
import org.hibernate.engine.FetchTiming;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.generator.OnExecutionGenerator;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Describes the engines of a registry and the entities that they map, from what is in memory: asks
 * no database.
 *
 * <p>Immutable; may be shared between threads.
 */
public final class Engines {

  /** Settings that can hold no secret. */
  private static final Set<String> SHOWN =
      Set.of(
          "hibernate.default_batch_fetch_size",
          "hibernate.jdbc.batch_size",
          "hibernate.jdbc.fetch_size",
          "hibernate.jdbc.time_zone",
          "hibernate.jdbc.batch_versioned_data",
          "hibernate.order_inserts",
          "hibernate.order_updates",
          "hibernate.max_fetch_depth",
          "hibernate.default_schema",
          "hibernate.default_catalog",
          "hibernate.cache.use_second_level_cache",
          "hibernate.cache.use_query_cache",
          "hibernate.generate_statistics",
          "hibernate.show_sql",
          "hibernate.use_sql_comments",
          "hibernate.connection.handling_mode",
          "hibernate.connection.provider_disables_autocommit",
          "hibernate.enable_lazy_load_no_trans",
          "hibernate.jpa.compliance.transaction",
          "hibernate.query.in_clause_parameter_padding",
          "hibernate.query.fail_on_pagination_over_collection_fetch",
          "hibernate.query.plan_cache_max_size",
          "hibernate.physical_naming_strategy",
          "hibernate.timezone.default_storage");

  private final EngineRegistry registry;
  private final Recorder recorder;

  /**
   * Looks at a registry.
   *
   * @param registry the engines
   * @param recorder what has seen their databases
   */
  public Engines(EngineRegistry registry, Recorder recorder) {
    this.registry = registry;
    this.recorder = recorder;
  }

  /**
   * All engines.
   *
   * @return in the order in which they were initialised
   */
  public List<EngineInfo> all() {
    return registry.names().stream()
        .flatMap(name -> registry.find(name).stream())
        .map(this::describe)
        .toList();
  }

  private EngineInfo describe(Engine engine) {
    SessionFactoryImplementor factory = factory(engine);
    Pool pool = recorder.pool(engine.name()).orElse(null);
    Pool.Database database = pool == null ? null : pool.database();
    return new EngineInfo(
        engine.name(),
        engine.isDefault(),
        engine.options().kind().name(),
        engine.options().policy().getClass().getSimpleName(),
        engine.dataSource().getClass().getName(),
        database == null ? "" : database.url(),
        database == null ? "" : database.product() + " " + database.version(),
        Version.getVersionString(),
        factory.getJdbcServices().getDialect().getClass().getName(),
        factory.getMetamodel().getEntities().size(),
        settings(factory));
  }

  private static SessionFactoryImplementor factory(Engine engine) {
    return engine.sessionFactory().unwrap(SessionFactoryImplementor.class);
  }

  private static Map<String, String> settings(SessionFactoryImplementor factory) {
    Map<String, String> shown = new TreeMap<>();
    for (String name : SHOWN) {
      Object value = factory.getProperties().get(name);
      if (value instanceof Boolean || value instanceof Number || value instanceof Enum<?>) {
        shown.put(name, value.toString());
      } else if (value instanceof Class<?> type) {
        shown.put(name, type.getName());
      } else if (value instanceof String text && text.length() <= 100) {
        shown.put(name, text);
      }
    }
    return shown;
  }

  /**
   * The entities of an engine.
   *
   * @param engine name of the engine
   * @return by name; empty for an engine without entities
   * @throws io.sqlassist.engine.UnknownEngineException if there is no such engine
   */
  public List<EntityInfo> entities(String engine) {
    SessionFactoryImplementor factory = factory(registry.engine(engine));
    Set<String> slowRoles = rolesOfFindings(engine);
    return factory.getMetamodel().getEntities().stream()
        .map(each -> entity(factory, each, slowRoles))
        .sorted(Comparator.comparing(EntityInfo::name))
        .toList();
  }

  private Set<String> rolesOfFindings(String engine) {
    Set<String> roles = new HashSet<>();
    for (TraceSummary summary : recorder.store().list()) {
      for (Finding finding : summary.findings()) {
        if (finding.detector() == Detector.N_PLUS_ONE && finding.engine().equals(engine)) {
          roles.add(finding.subject());
        }
      }
    }
    return roles;
  }

  private static EntityInfo entity(
      SessionFactoryImplementor factory, EntityType<?> type, Set<String> slowRoles) {
    EntityPersister persister =
        factory.getMappingMetamodel().getEntityDescriptor(type.getJavaType());
    List<AttributeInfo> attributes =
        type.getAttributes().stream()
            .sorted(Comparator.comparing(Attribute::getName))
            .map(each -> attribute(factory, persister, each))
            .toList();
    String id = persister.getIdentifierPropertyName();
    String generator = persister.getGenerator().getClass().getSimpleName();
    return new EntityInfo(
        type.getName(),
        type.getJavaType().getName(),
        persister.getTableName(),
        id == null ? "" : id,
        generator.equals("Assigned") ? "" : generator,
        persister.canReadFromCache(),
        attributes,
        hints(type.getName(), persister, attributes, slowRoles));
  }

  private static AttributeInfo attribute(
      SessionFactoryImplementor factory, EntityPersister persister, Attribute<?, ?> attribute) {
    boolean related = attribute.isAssociation() || attribute.isCollection();
    AttributeMapping mapping = persister.findAttributeMapping(attribute.getName());
    boolean eager =
        mapping == null || mapping.getMappedFetchOptions().getTiming() == FetchTiming.IMMEDIATE;
    return new AttributeInfo(
        attribute.getName(),
        attribute.getJavaType().getSimpleName(),
        related ? attribute.getPersistentAttributeType().name() : "",
        related ? target(attribute).getSimpleName() : "",
        eager ? "EAGER" : "LAZY",
        related && mapping != null ? cascade(mapping) : "",
        related ? batchSize(factory, mapping, attribute) : 1,
        !(attribute instanceof SingularAttribute<?, ?> singular) || singular.isOptional());
  }

  private static Class<?> target(Attribute<?, ?> attribute) {
    return attribute instanceof PluralAttribute<?, ?, ?> plural
        ? plural.getElementType().getJavaType()
        : attribute.getJavaType();
  }

  private static String cascade(AttributeMapping mapping) {
    String style = String.valueOf(mapping.getAttributeMetadata().getCascadeStyle());
    String words = style.replace("STYLE_", "").replaceAll("[\\[\\]]", "");
    return words.equals("NONE") ? "" : words.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static int batchSize(
      SessionFactoryImplementor factory,
      @Nullable AttributeMapping mapping,
      Attribute<?, ?> attribute) {
    int ownSize = -1;
    if (mapping instanceof PluralAttributeMapping plural) {
      ownSize = plural.getCollectionDescriptor().getBatchSize();
    } else {
      EntityPersister target =
          factory.getMappingMetamodel().findEntityDescriptor(attribute.getJavaType());
      ownSize = target == null ? -1 : target.getBatchSize();
    }
    return Math.max(
        1, Math.max(ownSize, factory.getSessionFactoryOptions().getDefaultBatchFetchSize()));
  }

  private static List<String> hints(
      String entity,
      EntityPersister persister,
      List<AttributeInfo> attributes,
      Set<String> slowRoles) {
    List<String> hints = new ArrayList<>();
    String eager =
        attributes.stream()
            .filter(each -> each.association().endsWith("_TO_ONE") && each.fetch().equals("EAGER"))
            .map(each -> "`" + each.name() + "`")
            .collect(Collectors.joining(", "));
    if (!eager.isEmpty()) {
      hints.add(
          "Loaded with every "
              + entity
              + ", also where nobody needs it: "
              + eager
              + ". Prefer `fetch = FetchType.LAZY`.");
    }
    for (AttributeInfo each : attributes) {
      boolean slow =
          slowRoles.contains(entity + "." + each.name())
              || (each.association().endsWith("_TO_ONE") && slowRoles.contains(each.target()));
      if (slow && each.batchSize() <= 1) {
        hints.add(
            "`"
                + each.name()
                + "` was initialised one by one: `@BatchSize` or"
                + " `hibernate.default_batch_fetch_size` would load several at once.");
      }
    }
    if (persister.getGenerator() instanceof OnExecutionGenerator) {
      hints.add(
          "The database makes the id at each insert, so that inserts can't be sent in batches:"
              + " a sequence could.");
    }
    return List.copyOf(hints);
  }
}
