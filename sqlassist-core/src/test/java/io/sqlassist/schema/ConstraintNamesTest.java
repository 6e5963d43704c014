package io.sqlassist.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The convention itself. */
class ConstraintNamesTest {

  private final ConstraintNames names = new ConstraintNames(63);

  @Test
  void aKeyOfOneColumnIsNamedAsSqlAlchemysConventionNamesIt() {
    assertThat(names.primaryKey("book")).isEqualTo("pk_book");
    assertThat(names.unique("book", List.of("isbn"))).isEqualTo("uq_book_isbn");
    assertThat(names.index("book", List.of("title"))).isEqualTo("ix_book_title");
    assertThat(names.foreignKey("book", List.of("author_id"), "author"))
        .isEqualTo("fk_book_author_id_author");
    assertThat(names.check("book", "status")).isEqualTo("ck_book_status");
  }

  @Test
  void aKeyOfSeveralColumnsNamesThemAllSoThatTwoThatBeginAlikeDiffer() {
    assertThat(names.unique("book", List.of("title", "edition")))
        .isEqualTo("uq_book_title_edition")
        .isNotEqualTo(names.unique("book", List.of("title", "publisher")));
  }

  @Test
  void aNameThatFitsToTheLastByteIsLeftAlone() {
    String table = "t".repeat(60);

    assertThat(names.primaryKey(table)).isEqualTo("pk_" + table).hasSize(63);
  }

  @Test
  void aNameThatIsTooLongKeepsItsBeginningAndEndsInAHashOfTheWhole() {
    String table = "t".repeat(61);

    assertThat(names.primaryKey(table))
        .hasSize(63)
        .startsWith("pk_ttt")
        .matches(".*_[0-9a-f]{8}")
        .isEqualTo(names.primaryKey(table))
        .isNotEqualTo(names.primaryKey(table + "t"));
  }

  @Test
  void theHashIsTheSameInEveryRun() {
    assertThat(ConstraintNames.hash("edition > 0")).isEqualTo("f50208a6");
  }

  @Test
  void lengthIsCountedInBytesAndNoSignIsCutInTwo() {
    String name = names.primaryKey("ü€😀".repeat(20));

    assertThat(name.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(63);
    assertThat(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(name);
  }

  @Test
  void aDialectThatKnowsNoLimitGetsOneThatEveryDatabaseBears() {
    assertThat(new ConstraintNames(Integer.MAX_VALUE).primaryKey("t".repeat(300))).hasSize(128);
  }
}
