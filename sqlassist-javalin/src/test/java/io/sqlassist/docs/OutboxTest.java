package io.sqlassist.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.SqlAssist;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/outbox.md. */
class OutboxTest {

  private final List<String> sent = new ArrayList<>();

  @BeforeEach
  void openShop() {
    Shop.startEngines();
  }

  @AfterEach
  void closeShop() {
    Shop.close();
  }

  @Test
  void aMailIsWrittenWithTheWorkAndSentAfterwards() {
    // tag::write[]
    SqlAssist.useUnit(
        db -> {
          db.writer().persist(new Book("Emma"));
          db.writer().persist(new OutgoingMail("Emma is in stock"));
          db.afterCommit(report -> sendMails()); // soon; the table is what it relies on
        });
    // end::write[]

    assertThat(sent).containsExactly("Emma is in stock");
    assertThat(Shop.stored("writer", "select text from OutgoingMail")).isEmpty();
  }

  @Test
  void noMailIsSentOfWorkThatWasRolledBack() {
    assertThatThrownBy(
            () ->
                SqlAssist.useUnit(
                    db -> {
                      db.writer().persist(new OutgoingMail("Emma is in stock"));
                      db.afterCommit(report -> sendMails());
                      throw new SoldOutException();
                    }))
        .isInstanceOf(SoldOutException.class);
    sendMails();

    assertThat(sent).isEmpty();
  }

  // tag::send[]
  void sendMails() {
    SqlAssist.useUnit(
        db -> {
          List<OutgoingMail> mails =
              db.writer()
                  .createSelectionQuery("from OutgoingMail order by id", OutgoingMail.class)
                  .list();
          for (OutgoingMail mail : mails) {
            send(mail.text());
            db.writer().remove(mail);
            db.commit(); // one by one: a failure later does not send this one again
          }
        });
  }

  // end::send[]

  private void send(String text) {
    sent.add(text);
  }
}
