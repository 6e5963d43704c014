package io.sqlassist.trace;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A dump of this JVM's heap, and what can be reached in it from the recorder through its own
 * objects, collections and texts. Reads the format HPROF 1.0.2 as far as that needs.
 *
 * <p>Used by one thread.
 */
public final class HeapDump {

  private static final int OBJECT = 2;
  private static final int BYTE = 8;

  /** Fields that hold references, of a class without its superclasses, in their order. */
  private record Layout(long superclass, List<Integer> fields) {}

  private final ByteBuffer file;
  private final int idSize;
  private final Map<Long, String> names = new HashMap<>();
  private final Map<Long, Long> classNames = new HashMap<>();
  private final Map<Long, Layout> layouts = new HashMap<>();
  private final Index objects = new Index();
  private final List<Integer> reached = new ArrayList<>();

  private HeapDump(ByteBuffer file) {
    this.file = file;
    while (file.get() != 0) {
      // the name of the format
    }
    idSize = file.getInt();
    file.getLong();
    while (file.hasRemaining()) {
      int tag = file.get();
      file.getInt();
      int length = file.getInt();
      int end = file.position() + length;
      switch (tag) {
        case 0x01 -> {
          long id = id();
          byte[] text = new byte[length - idSize];
          file.get(text);
          names.put(id, new String(text, StandardCharsets.UTF_8));
        }
        case 0x02 -> {
          file.getInt();
          long type = id();
          file.getInt();
          classNames.put(type, id());
        }
        case 0x0C, 0x1C -> segment(end);
        default -> {
          // Stacks and the like.
        }
      }
      file.position(end);
    }
  }

  /** Of what is alive now. */
  public static HeapDump of(Path to) throws IOException {
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(to.toString(), true);
    try (FileChannel channel = FileChannel.open(to, StandardOpenOption.READ)) {
      return new HeapDump(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    }
  }

  private long id() {
    return idSize == 8 ? file.getLong() : Integer.toUnsignedLong(file.getInt());
  }

  private void skip(int bytes) {
    file.position(file.position() + bytes);
  }

  private int size(int type) {
    return switch (type) {
      case OBJECT -> idSize;
      case 4, BYTE -> 1;
      case 5, 9 -> 2;
      case 6, 10 -> 4;
      default -> 8;
    };
  }

  private void segment(int end) {
    while (file.position() < end) {
      int at = file.position();
      int tag = file.get() & 0xFF;
      long id = id();
      switch (tag) {
        case 0xFF, 0x05, 0x07 -> {
          // roots, of which nothing more is said
        }
        case 0x01 -> skip(idSize);
        case 0x02, 0x03, 0x08 -> skip(8);
        case 0x04, 0x06 -> skip(4);
        case 0x20 -> layouts.put(id, layout());
        case 0x21 -> {
          objects.put(id, at);
          skip(4 + idSize);
          skip(file.getInt());
        }
        case 0x22 -> {
          objects.put(id, at);
          skip(4);
          int count = file.getInt();
          skip(idSize + count * idSize);
        }
        case 0x23 -> {
          objects.put(id, at);
          skip(4);
          int count = file.getInt();
          skip(count * size(file.get()));
        }
        default -> throw new IllegalStateException("unknown part of a heap dump: " + tag);
      }
    }
  }

  private Layout layout() {
    skip(4);
    long superclass = id();
    skip(5 * idSize + 4);
    for (int i = file.getShort(); i > 0; i--) {
      skip(2);
      skip(size(file.get()));
    }
    for (int i = file.getShort(); i > 0; i--) {
      skip(idSize);
      skip(size(file.get()));
    }
    List<Integer> fields = new ArrayList<>();
    for (int i = file.getShort(); i > 0; i--) {
      skip(idSize);
      fields.add((int) file.get());
    }
    return new Layout(superclass, fields);
  }

  private String className(long type) {
    return names.getOrDefault(classNames.get(type), "").replace('/', '.');
  }

  /**
   * Walks from all instances of a class.
   *
   * @return the names of the classes of what was reached
   */
  public Set<String> instancesBy(String root) {
    Deque<Integer> open = new ArrayDeque<>();
    objects.forEach(
        at -> {
          if (file.get(at) == 0x21 && className(typeAt(at)).equals(root)) {
            open.push(at);
          }
        });
    Set<Integer> seen = new HashSet<>(open);
    Set<String> classes = new HashSet<>();
    while (!open.isEmpty()) {
      int at = open.pop();
      reached.add(at);
      if (file.get(at) == 0x23) {
        continue;
      }
      classes.add(className(typeAt(at)));
      for (long reference : references(at)) {
        int to = objects.get(reference);
        if (to >= 0 && isFollowed(to) && seen.add(to)) {
          open.push(to);
        }
      }
    }
    return classes;
  }

  private long typeAt(int at) {
    file.position(at + 1 + idSize + (file.get(at) == 0x22 ? 8 : 4));
    return id();
  }

  /** The recorder's own objects, and what the JDK has to put things into. */
  private boolean isFollowed(int at) {
    if (file.get(at) == 0x23) {
      return true;
    }
    String name = className(typeAt(at)).replaceFirst("^\\[+L?", "");
    return name.startsWith("io.sqlassist.trace.")
        || name.startsWith("io.sqlassist.debugpanel.")
        || name.startsWith("java.util.")
        || name.startsWith("java.lang.String")
        || name.startsWith("java.lang.Object");
  }

  private List<Long> references(int at) {
    List<Long> references = new ArrayList<>();
    if (file.get(at) == 0x22) {
      int count = file.getInt(at + 1 + idSize + 4);
      file.position(at + 1 + idSize + 8 + idSize);
      for (int i = 0; i < count; i++) {
        references.add(id());
      }
      return references;
    }
    long type = typeAt(at);
    skip(4);
    for (Layout layout = layouts.get(type); layout != null; ) {
      for (int field : layout.fields()) {
        if (field == OBJECT) {
          references.add(id());
        } else {
          skip(size(field));
        }
      }
      layout = layouts.get(layout.superclass());
    }
    return references;
  }

  /** Whether an array of bytes that was reached has that text in it, in Latin 1. */
  public boolean isReachable(String text) {
    return reached.stream().anyMatch(at -> holds(at, text));
  }

  /** Whether any array of bytes of the heap has that text in it. */
  public boolean isSomewhere(String text) {
    boolean[] found = new boolean[1];
    objects.forEach(at -> found[0] |= !found[0] && holds(at, text));
    return found[0];
  }

  private boolean holds(int at, String text) {
    if (file.get(at) != 0x23) {
      return false;
    }
    int count = file.getInt(at + 1 + idSize + 4);
    int type = file.get(at + 1 + idSize + 8);
    int unit = size(type);
    byte[] content = new byte[count * unit];
    file.get(at + 1 + idSize + 9, content);
    return contains(content, text.getBytes(StandardCharsets.ISO_8859_1))
        || contains(content, text.getBytes(StandardCharsets.UTF_16BE))
        || contains(content, text.getBytes(StandardCharsets.UTF_16LE));
  }

  private static boolean contains(byte[] content, byte[] part) {
    for (int i = 0; i + part.length <= content.length; i++) {
      if (content[i] == part[0]
          && Arrays.equals(content, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  /** Where each object is, by its id: a map of millions without an object for each. */
  private static final class Index {
    private long[] keys = new long[1 << 20];
    private int[] values = new int[1 << 20];
    private int size;

    private int slot(long[] table, long key) {
      int slot = (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & (table.length - 1);
      while (table[slot] != 0 && table[slot] != key) {
        slot = (slot + 1) & (table.length - 1);
      }
      return slot;
    }

    void put(long key, int value) {
      if (size * 2 >= keys.length) {
        grow();
      }
      int slot = slot(keys, key);
      size += keys[slot] == 0 ? 1 : 0;
      keys[slot] = key;
      values[slot] = value;
    }

    private void grow() {
      long[] oldKeys = keys;
      int[] oldValues = values;
      keys = new long[oldKeys.length * 2];
      values = new int[oldKeys.length * 2];
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldKeys[i] != 0) {
          int slot = slot(keys, oldKeys[i]);
          keys[slot] = oldKeys[i];
          values[slot] = oldValues[i];
        }
      }
    }

    int get(long key) {
      int slot = slot(keys, key);
      return key != 0 && keys[slot] == key ? values[slot] : -1;
    }

    void forEach(java.util.function.IntConsumer each) {
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] != 0) {
          each.accept(values[i]);
        }
      }
    }
  }
}
