package io.sqlassist.find;

import jakarta.persistence.metamodel.Attribute;
import jakarta.persistence.metamodel.EmbeddableType;
import jakarta.persistence.metamodel.EntityType;
import jakarta.persistence.metamodel.ManagedType;
import jakarta.persistence.metamodel.SingularAttribute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of an entity that one can look for and sort by: those with one value. Parts of an
 * embedded attribute have names with dots, and so has the key of an associated entity, which is in
 * a column of this entity's table.
 */
final class EntityAttributes {

  private final EntityType<?> entity;

  EntityAttributes(EntityType<?> entity) {
    this.entity = entity;
  }

  /** The attribute of that name; checked here, so that no other name ever reaches a query. */
  EntityAttribute named(String name) {
    String wanted = name.strip();
    ManagedType<?> owner = entity;
    List<String> path = new ArrayList<>();
    boolean optional = false;
    @Nullable SingularAttribute<?, ?> found = null;
    String[] parts = wanted.split("\\.", -1);
    for (int i = 0; i < parts.length; i++) {
      Attribute<?, ?> attribute = owner == null ? null : find(owner, parts[i]);
      if (attribute == null || (isKeyOnly(found) && !isId(attribute))) {
        throw unknown(wanted);
      }
      if (!(attribute instanceof SingularAttribute<?, ?> singular)) {
        throw new IllegalArgumentException(
            entity.getJavaType().getSimpleName()
                + "."
                + wanted
                + " is a collection: it has no single value to look for or to sort by. Use"
                + " where((root, cb) -> ...) with a join.");
      }
      path.add(parts[i]);
      optional |= singular.isOptional();
      found = singular;
      owner = singular.getType() instanceof ManagedType<?> managed ? managed : null;
    }
    if (found == null) {
      throw unknown(wanted);
    }
    return new EntityAttribute(
        wanted, List.copyOf(path), found.getJavaType(), optional, found.getType());
  }

  /** Behind an association only the key can be had without a join. */
  private static boolean isKeyOnly(@Nullable SingularAttribute<?, ?> attribute) {
    return attribute != null && attribute.isAssociation();
  }

  private static boolean isId(Attribute<?, ?> attribute) {
    return attribute instanceof SingularAttribute<?, ?> singular && singular.isId();
  }

  private static @Nullable Attribute<?, ?> find(ManagedType<?> owner, String name) {
    for (Attribute<?, ?> each : owner.getAttributes()) {
      if (each.getName().equals(name)) {
        return each;
      }
    }
    if (owner instanceof EntityType<?> type) {
      for (SingularAttribute<?, ?> each : idAttributes(type)) {
        if (each.getName().equals(name)) {
          return each;
        }
      }
    }
    return null;
  }

  private static List<SingularAttribute<?, ?>> idAttributes(EntityType<?> type) {
    List<SingularAttribute<?, ?>> ids = new ArrayList<>();
    for (SingularAttribute<?, ?> each : type.getSingularAttributes()) {
      if (each.isId()) {
        ids.add(each);
      }
    }
    if (!ids.isEmpty()) {
      // they are among the attributes
    } else if (type.hasSingleIdAttribute()) {
      ids.add(type.getId(type.getIdType().getJavaType()));
    } else {
      ids.addAll(type.getIdClassAttributes());
    }
    ids.sort(Comparator.comparing(SingularAttribute::getName));
    return ids;
  }

  /** The columns of the key, as attributes. */
  List<EntityAttribute> key() {
    List<EntityAttribute> key = new ArrayList<>();
    for (SingularAttribute<?, ?> id : idAttributes(entity)) {
      for (String name : namesBelow(id, id.getName())) {
        key.add(named(name));
      }
    }
    return key;
  }

  private static List<String> namesBelow(SingularAttribute<?, ?> attribute, String name) {
    ManagedType<?> type = attribute.getType() instanceof ManagedType<?> managed ? managed : null;
    List<String> names = new ArrayList<>();
    if (type instanceof EmbeddableType<?>) {
      for (Attribute<?, ?> each : type.getAttributes()) {
        if (each instanceof SingularAttribute<?, ?> part) {
          names.addAll(namesBelow(part, name + "." + each.getName()));
        }
      }
    } else if (attribute.isAssociation() && type instanceof EntityType<?> target) {
      for (SingularAttribute<?, ?> id : idAttributes(target)) {
        names.addAll(namesBelow(id, name + "." + id.getName()));
      }
    } else {
      names.add(name);
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private UnknownAttributeException unknown(String name) {
    Map<String, Integer> distances = new LinkedHashMap<>();
    List<Attribute<?, ?>> all = new ArrayList<>(entity.getAttributes());
    all.addAll(idAttributes(entity));
    for (Attribute<?, ?> each : all) {
      if (each instanceof SingularAttribute<?, ?> attribute) {
        List<String> names = new ArrayList<>(namesBelow(attribute, attribute.getName()));
        if (attribute.isAssociation()) {
          names.add(attribute.getName());
        }
        names.forEach(known -> distances.put(known, distance(name, known)));
      }
    }
    List<String> known = new ArrayList<>(distances.keySet());
    known.sort(
        Comparator.<String>comparingInt(each -> distances.getOrDefault(each, 0))
            .thenComparing(Comparator.naturalOrder()));
    return new UnknownAttributeException(entity.getJavaType(), name, known);
  }

  /** How many letters must be put in, left out or replaced to make one of the other. */
  static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
