package io.sqlassist.schema;

import jakarta.persistence.CheckConstraint;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Set;

/** A mapping with every kind of constraint. */
final class Library {

  private Library() {}

  static final Class<?>[] ENTITIES = {Author.class, Book.class, Shelf.class, Visitor.class};

  @Entity(name = "Author")
  @Table(name = "author")
  static class Author {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    @Column(nullable = false, length = 80)
    String name;
  }

  enum Status {
    IN,
    OUT
  }

  @Entity(name = "Book")
  @Table(
      name = "book",
      uniqueConstraints = {
        @UniqueConstraint(columnNames = {"title", "edition"}),
        @UniqueConstraint(columnNames = {"title", "publisher"}),
        @UniqueConstraint(name = "one_barcode", columnNames = "barcode")
      },
      indexes = {
        @Index(columnList = "author_id"),
        @Index(columnList = "publisher, edition"),
        @Index(name = "by_price", columnList = "price")
      },
      check = @CheckConstraint(constraint = "edition > 0"))
  static class Book {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "book_seq")
    @SequenceGenerator(name = "book_seq", sequenceName = "book_seq", allocationSize = 10)
    Long id;

    @Column(unique = true)
    String isbn;

    String title;
    int edition;
    String publisher;

    @Column(check = @CheckConstraint(constraint = "length(barcode) > 3"))
    String barcode;

    @Column(
        precision = 10,
        scale = 2,
        check = @CheckConstraint(name = "no_gifts", constraint = "price > 0"))
    BigDecimal price;

    @Enumerated(EnumType.STRING)
    @Column(length = 10)
    Status status;

    @ManyToOne
    @JoinColumn(name = "author_id")
    Author author;

    @ManyToOne
    @JoinColumn(name = "translator_id", foreignKey = @ForeignKey(name = "translated_by"))
    Author translator;

    @ElementCollection Set<String> tags = new HashSet<>();
  }

  @Entity(name = "Shelf")
  @Table(name = "shelf")
  static class Shelf {
    @Id Long id;
    @ManyToMany Set<Book> books = new HashSet<>();
  }

  /** Refers to nothing. */
  @Entity(name = "Visitor")
  @Table(name = "visitor")
  static class Visitor {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "visitor_seq")
    @SequenceGenerator(name = "visitor_seq", sequenceName = "visitor_seq")
    Long id;

    String name;
  }

  /** Its tables share columns, keys and checks. */
  @Entity(name = "Item")
  @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
  abstract static class Item {
    @Id @GeneratedValue Long id;

    @Column(unique = true)
    String title;

    @Column(check = @CheckConstraint(constraint = "minutes > 0"))
    int minutes = 1;
  }

  @Entity(name = "Film")
  static class Film extends Item {
    String director;
  }

  @Entity(name = "Song")
  static class Song extends Item {
    @Column(unique = true)
    String singer;
  }

  /** Names that no database takes in full. */
  @Entity(name = "Remark")
  @Table(name = "remark_about_something_that_nobody_can_say_in_fewer_words")
  static class Remark {
    @Id Long id;

    @Column(unique = true)
    String whoever_made_the_remark_at_first;

    @Column(unique = true)
    String whoever_made_the_remark_at_last;
  }

  /** A name that is a word of SQL. */
  @Entity(name = "Order")
  @Table(name = "`order`")
  static class QuotedOrder {
    @Id Long id;

    @Column(name = "`group`", unique = true)
    String group;
  }

  @Entity(name = "A")
  @Table(name = "a_b")
  static class First {
    @Id Long id;

    @Column(unique = true)
    String c;
  }

  @Entity(name = "B")
  @Table(name = "a")
  static class Second {
    @Id Long id;

    @Column(name = "b_c", unique = true)
    String bc;
  }
}
