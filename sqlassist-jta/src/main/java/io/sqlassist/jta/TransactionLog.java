package io.sqlassist.jta;

import com.arjuna.ats.arjuna.AtomicAction;
import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.coordinator.ActionManager;
import com.arjuna.ats.arjuna.exceptions.ObjectStoreException;
import com.arjuna.ats.arjuna.objectstore.RecoveryStore;
import com.arjuna.ats.arjuna.objectstore.StoreManager;
import com.arjuna.ats.arjuna.state.InputObjectState;
import com.arjuna.ats.internal.arjuna.common.UidHelper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The decisions that are written down and not yet carried out everywhere. */
final class TransactionLog {

  /** A decision to commit, and the engines that have not confirmed it. */
  record Entry(Uid transaction, Set<String> engines, Instant since) {}

  private static final String TYPE = new AtomicAction().type();

  private final RecoveryStore store = StoreManager.getRecoveryStore();
  private final @Nullable Path directory;
  private final Map<Uid, Instant> firstSeen = new ConcurrentHashMap<>();

  /**
   * Creates the view of the log.
   *
   * @param directory where its files are; null if it is in a database
   */
  TransactionLog(@Nullable Path directory) {
    this.directory = directory;
  }

  /** All entries except those of transactions that are ending at this moment. */
  List<Entry> entries() throws ObjectStoreException, IOException {
    InputObjectState uids = new InputObjectState();
    List<Entry> entries = new ArrayList<>();
    if (!store.allObjUids(TYPE, uids)) {
      throw new ObjectStoreException("its entries can't be listed"); // why is in Narayana's own log
    }
    if (uids.notempty()) {
      Uid uid = UidHelper.unpackFrom(uids);
      while (uid.notEquals(Uid.nullUid())) {
        InputObjectState logged =
            ActionManager.manager().get(uid) == null ? store.read_committed(uid, TYPE) : null;
        if (logged != null) {
          Uid transaction = new Uid(uid);
          entries.add(new Entry(transaction, EngineNames.in(logged.buffer()), since(transaction)));
        }
        uid = UidHelper.unpackFrom(uids);
      }
    }
    firstSeen.keySet().retainAll(entries.stream().map(Entry::transaction).toList());
    return entries;
  }

  String type() {
    return TYPE;
  }

  void remove(Uid transaction) throws ObjectStoreException {
    store.remove_committed(transaction, TYPE);
  }

  /** As {@link #remove}, of what may not be there. */
  void removeIfThere(Uid transaction) throws ObjectStoreException {
    if (store.read_committed(transaction, TYPE) != null) {
      store.remove_committed(transaction, TYPE);
    }
  }

  private Instant since(Uid transaction) {
    return firstSeen.computeIfAbsent(transaction, this::writtenAt);
  }

  private Instant writtenAt(Uid transaction) {
    if (directory != null) {
      try (Stream<Path> files = Files.walk(directory)) {
        Path file =
            files
                .filter(each -> each.endsWith(transaction.fileStringForm()))
                .findFirst()
                .orElse(null);
        if (file != null) {
          return Files.getLastModifiedTime(file).toInstant();
        }
      } catch (IOException e) {
        return Instant.now(); // when it was first seen is the next best
      }
    }
    return Instant.now();
  }
}
