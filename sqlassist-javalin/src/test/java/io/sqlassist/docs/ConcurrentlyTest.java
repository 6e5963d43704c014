package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.UnitFunction;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/concurrently.md. */
class ConcurrentlyTest {

  @BeforeEach
  void openShop() {
    Shop.startEngines();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  private static long count(DbSessionsContainer db, String engine, String entity) {
    return db.session(engine)
        .createSelectionQuery("select count(*) from " + entity, Long.class)
        .getSingleResult();
  }

  @Test
  void severalQueriesRunAtTheSameTime() {
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          db.logger().persist(new AuditLine("one"));
        });
    SqlAssist.useUnit(
        db -> {
          // tag::reads[]
          List<Long> counts =
              db.concurrently(
                  List.of(
                      piece -> count(piece, "reader", "Book"),
                      piece -> count(piece, "logger", "AuditLine")));
          // end::reads[]
          assertThat(counts).containsExactly(1L, 1L);
        });
  }

  // tag::checked[]
  static List<String> importAll(DbSessionsContainer db, List<String> files) throws IOException {
    Stream<UnitFunction<String, IOException>> work =
        files.stream().map(file -> piece -> importBook(piece, file));
    return db.concurrently(work.toList());
  }

  static String importBook(DbSessionsContainer piece, String file) throws IOException {
    String title = read(file);
    piece.writer().persist(new Book(title));
    return title;
  }

  // end::checked[]

  private static String read(String file) throws IOException {
    if (!file.endsWith(".txt")) {
      throw new IOException("No text: " + file);
    }
    return file.substring(0, file.length() - ".txt".length());
  }

  @Test
  void aCheckedExceptionIsThrownAsItIs() throws IOException {
    List<String> titles =
        SqlAssist.<List<String>, IOException>inUnit(
            db -> importAll(db, List.of("Emma.txt", "Persuasion.txt")));

    assertThat(titles).containsExactly("Emma", "Persuasion");
    assertThat(Shop.titles()).containsExactly("Emma", "Persuasion");
    assertThatThrownBy(() -> SqlAssist.useUnit(db -> importAll(db, List.of("Emma.pdf"))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aUnitLetsGoOfItsConnectionBeforeItWaits() {
    List<UnitFunction<String, RuntimeException>> work = List.of(piece -> "done");
    SqlAssist.useUnit(
        db -> {
          // tag::commit-first[]
          db.writer().persist(new Book("Emma"));
          db.commit(); // gives the connection back; the pieces see "Emma"
          db.concurrently(work);
          // end::commit-first[]
        });

    assertThat(Shop.titles()).containsExactly("Emma");
  }
}
