package io.sqlassist.trace;

/**
 * What made Hibernate send a statement that nobody wrote.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param kind which mechanism
 * @param role the collection's role or the entity's name, without the package: {@code
 *     Author.books}, {@code Author}
 */
public record Cause(Kind kind, String role) {

  /** The mechanisms. */
  public enum Kind {
    /** A lazy collection was touched. */
    LAZY_COLLECTION,
    /** A lazy reference to an entity was touched. */
    LAZY_ENTITY,
    /** An eager association was not part of the query that loaded its owner. */
    EAGER_ENTITY,
    /** The application asked for an entity by its id. */
    FIND,
    /** Anything else that loads an entity: a refresh, a reload, a cascade. */
    OTHER_LOAD;

    /**
     * Whether the application touched something lazy.
     *
     * @return true for collections and entities that were initialised lazily
     */
    public boolean isLazy() {
      return this == LAZY_COLLECTION || this == LAZY_ENTITY;
    }
  }
}
