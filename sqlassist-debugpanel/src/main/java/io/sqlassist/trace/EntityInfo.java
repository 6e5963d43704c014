package io.sqlassist.trace;

import java.util.List;

/**
 * An entity, as it is mapped.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name
 * @param className its class
 * @param table its table
 * @param id name of its id attribute, empty if it has several
 * @param generator how ids are made, empty if the application sets them
 * @param cached whether the second-level cache may hold it
 * @param attributes its attributes
 * @param hints what in this mapping often costs, one sentence each
 */
public record EntityInfo(
    String name,
    String className,
    String table,
    String id,
    String generator,
    boolean cached,
    List<AttributeInfo> attributes,
    List<String> hints) {

  /**
   * An attribute of an entity.
   *
   * <p>Immutable; may be shared between threads.
   *
   * @param name its name
   * @param type its type, without the package
   * @param association MANY_TO_ONE and the like, empty if it is none
   * @param target the other entity or the element's type, empty if it is no association
   * @param fetch EAGER or LAZY
   * @param cascade what is passed on, empty if nothing
   * @param batchSize how many are loaded at once, 1 if each by itself
   * @param optional whether it may be null
   */
  public record AttributeInfo(
      String name,
      String type,
      String association,
      String target,
      String fetch,
      String cascade,
      int batchSize,
      boolean optional) {}
}
