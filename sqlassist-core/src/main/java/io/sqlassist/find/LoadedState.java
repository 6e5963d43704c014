package io.sqlassist.find;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.ForeignKeyDescriptor;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.hibernate.spi.NavigablePath;
import org.jspecify.annotations.Nullable;

/**
 * What of an entity is in memory, by attribute: what stands in its own table's columns. Reads
 * fields and getters the way Hibernate does, which loads nothing.
 */
final class LoadedState {

  private final SessionFactoryImplementor factory;
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  private LoadedState(SessionFactoryImplementor factory) {
    this.factory = factory;
  }

  /** Everything that is loaded; runs no SQL. */
  static Map<String, @Nullable Object> of(SessionFactoryImplementor factory, Object entity) {
    LoadedState state = new LoadedState(factory);
    LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
    if (proxy != null && proxy.isUninitialized()) {
      EntityPersister type =
          factory.getMappingMetamodel().getEntityDescriptor(proxy.getEntityName());
      state.putKey(type, proxy.getInternalIdentifier());
    } else {
      state.putAll(proxy == null ? entity : proxy.getImplementation());
    }
    return state.values;
  }

  /** Everything; loads what is missing. */
  static Map<String, @Nullable Object> complete(SessionFactoryImplementor factory, Object entity) {
    Hibernate.initialize(entity);
    Object target = Hibernate.unproxy(entity);
    LoadedState state = new LoadedState(factory);
    state
        .typeOf(target)
        .forEachAttributeMapping(
            attribute -> {
              if (isColumn(attribute)) {
                Hibernate.initializeProperty(target, attribute.getAttributeName());
              }
            });
    state.putAll(target);
    return state.values;
  }

  private EntityPersister typeOf(Object target) {
    EntityPersister type = factory.getMappingMetamodel().findEntityDescriptor(target.getClass());
    if (type == null) {
      throw new IllegalArgumentException(
          target.getClass().getName() + " is not an entity of the finder's session.");
    }
    return type;
  }

  private void putAll(Object target) {
    EntityPersister type = typeOf(target);
    if (type.getIdentifierPropertyName() == null
        && type.getIdentifierMapping() instanceof EmbeddableValuedModelPart key) {
      putParts("", key.getEmbeddableTypeDescriptor(), target); // attributes of the entity itself
    } else {
      putKey(type, type.getIdentifier(target));
    }
    type.forEachAttributeMapping(
        attribute -> {
          if (isColumn(attribute)
              && Hibernate.isPropertyInitialized(target, attribute.getAttributeName())) {
            put("", attribute, target);
          }
        });
  }

  private void putKey(EntityPersister type, @Nullable Object id) {
    String name = type.getIdentifierPropertyName();
    if (type.getIdentifierMapping() instanceof CompositeIdentifierMapping key) {
      // That of an @IdClass, where the key's attributes are the entity's own.
      putParts(name == null ? "" : name + ".", key.getMappedIdEmbeddableTypeDescriptor(), id);
    } else {
      values.put(name, id);
    }
  }

  private void putParts(String prefix, EmbeddableMappingType type, @Nullable Object owner) {
    type.forEachAttributeMapping(
        (index, part) -> {
          if (isColumn(part)) {
            put(prefix, part, owner);
          }
        });
  }

  private void put(String prefix, AttributeMapping attribute, @Nullable Object owner) {
    String name = prefix + attribute.getAttributeName();
    Object value = owner == null ? null : attribute.getValue(owner);
    if (attribute instanceof EmbeddableValuedModelPart embedded) {
      putParts(name + ".", embedded.getEmbeddableTypeDescriptor(), value);
    } else if (attribute instanceof ToOneAttributeMapping && value != null) {
      values.put(name, factory.getPersistenceUnitUtil().getIdentifier(value));
    } else {
      values.put(name, value);
    }
  }

  /**
   * Not what stands in other tables: collections, and the far side of a one-to-one; nor Hibernate's
   * second view of the attributes of an {@code @IdClass}.
   */
  private static boolean isColumn(AttributeMapping attribute) {
    return !(attribute instanceof PluralAttributeMapping)
        && !attribute.getAttributeName().equals(NavigablePath.IDENTIFIER_MAPPER_PROPERTY)
        && !(attribute instanceof ToOneAttributeMapping toOne
            && toOne.getSideNature() == ForeignKeyDescriptor.Nature.TARGET);
  }
}
