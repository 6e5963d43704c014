package io.sqlassist.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bookshop.Account;
import io.sqlassist.debugpanel.Proves;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.session.Units;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SecretsInStoreTest {

  private static final String SECRET = "hunter2-unlike-anything";

  private static Traced shop;

  @BeforeAll
  static void open() {
    shop = Traced.shop(DatabaseKind.H2);
  }

  @AfterAll
  static void close() {
    shop.close();
  }

  /** Every text that can be reached from the recorder through its own objects. */
  private static List<String> texts(Object root) throws IllegalAccessException {
    List<String> texts = new ArrayList<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Object next = open.pop();
      if (next == null || !seen.add(next)) {
        continue;
      }
      if (next instanceof String text) {
        texts.add(text);
      } else if (next instanceof Collection<?> all) {
        all.stream().filter(each -> each != null).forEach(open::push);
      } else if (next instanceof Iterable<?> all && next instanceof Bounded<?>) {
        all.forEach(open::push);
      } else if (next instanceof Map<?, ?> map) {
        map.forEach(
            (key, value) -> {
              open.push(key);
              open.push(value);
            });
      } else if (next instanceof Object[] array) {
        for (int i = 0; i < Array.getLength(array); i++) {
          if (array[i] != null) {
            open.push(array[i]);
          }
        }
      } else if (next.getClass().getName().startsWith("io.sqlassist.trace.")) {
        for (Class<?> type = next.getClass();
            type.getName().startsWith("io.sqlassist.trace.");
            type = type.getSuperclass()) {
          for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
              field.setAccessible(true);
              Object value = field.get(next);
              if (value != null) {
                open.push(value);
              }
            }
          }
        }
      }
    }
    return texts;
  }

  private static void nothingKnowsTheSecret() throws IllegalAccessException {
    assertThat(texts(shop.recorder)).isNotEmpty().noneMatch(text -> text.contains(SECRET));
    assertThat(shop.recorder.store().list().toString()).doesNotContain(SECRET);
    for (TraceSummary each : shop.recorder.store().list()) {
      assertThat(shop.recorder.store().find(each.id()).orElseThrow().toString())
          .doesNotContain(SECRET);
    }
    assertThat(shop.recorder.background().toString()).doesNotContain(SECRET);
  }

  @Test
  void walkFindsWhatIsNoSecret() throws IllegalAccessException {
    shop.trace(db -> db.writer().persist(new Account("joe@example", "x")));

    assertThat(texts(shop.recorder)).anyMatch(text -> text.contains("joe@example"));
  }

  @Test
  @Proves("S10")
  void boundSecretIsNotStored() throws IllegalAccessException {
    Trace trace = shop.trace(db -> db.writer().persist(new Account("ann@example", SECRET)));

    StatementTrace insert =
        trace.statements().stream()
            .filter(each -> each.kind() == StatementKind.INSERT)
            .findFirst()
            .orElseThrow();
    assertThat(insert.binds()).extracting(Bind::state).contains(Bind.State.MASKED);
    assertThat(insert.hasCompleteBinds()).isFalse();
    nothingKnowsTheSecret();
  }

  @Test
  @Proves("S10")
  void secretInTheTextIsNotStored() throws IllegalAccessException {
    shop.trace(
        db ->
            db.writer()
                .createNativeMutationQuery(
                    "update accounts set passwordHash = '" + SECRET + "' where 1 = 0")
                .executeUpdate());

    nothingKnowsTheSecret();
  }

  @Test
  @Proves("S10")
  void secretInABatchIsNotStored() throws IllegalAccessException {
    shop.trace(
        db ->
            db.writer()
                .doWork(
                    connection -> {
                      try (var batch =
                          connection.prepareStatement(
                              "insert into accounts (email, passwordHash) values (?, ?)")) {
                        for (int i = 0; i < 3; i++) {
                          batch.setString(1, "b" + i);
                          batch.setString(2, SECRET);
                          batch.addBatch();
                        }
                        batch.executeBatch();
                      }
                    }));

    nothingKnowsTheSecret();
  }

  @Test
  @Proves("S10")
  void secretThatTheDatabaseRepeatsInItsMessageIsNotStored() throws IllegalAccessException {
    assertThatThrownBy(
            () ->
                shop.trace(
                    db ->
                        db.writer()
                            .createNativeMutationQuery(
                                "update accounts set email = '' where passwordHash = '"
                                    + SECRET
                                    + "' and nonsense = 1")
                            .executeUpdate()))
        .isNotNull();
    assertThatThrownBy(
            () ->
                Units.useUnit(
                    shop.registry,
                    db -> db.writer().persist(new Account("x", SECRET + "x".repeat(300)))))
        .isNotNull();

    nothingKnowsTheSecret();
  }

  @Test
  void valuesOfUnknownClassesAreNotAskedForTheirText() {
    Object mine =
        new Object() {
          @Override
          public String toString() {
            throw new AssertionError("asked");
          }
        };
    Binds binds = new Binds();
    binds.set(1, mine);
    binds.set(2, new byte[] {1, 2, 3});
    binds.set(3, "x".repeat(300));
    binds.set(4, null);

    List<Bind> values = binds.toTrace(new java.util.BitSet(), false);
    assertThat(values)
        .extracting(Bind::state)
        .containsExactly(
            Bind.State.OPAQUE, Bind.State.OPAQUE, Bind.State.TRUNCATED, Bind.State.COMPLETE);
    assertThat(values.get(0).value()).isEqualTo(mine.getClass().getName());
    assertThat(values.get(1).value()).isEqualTo("3 bytes");
    assertThat(values.get(2).value()).hasSize(256);
  }
}
