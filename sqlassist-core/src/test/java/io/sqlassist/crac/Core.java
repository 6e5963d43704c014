package io.sqlassist.crac;

import java.util.List;

/** As {@code jdk.crac.Core}, but for the image. */
public final class Core {

  private static final Context<Resource> GLOBAL = new Context<>();

  /** What is done where a JVM would write its image. */
  static Runnable image = () -> {};

  private Core() {}

  public static Context<Resource> getGlobalContext() {
    return GLOBAL;
  }

  public static void checkpointRestore() throws CheckpointException, RestoreException {
    List<Resource> resources = GLOBAL.lastFirst();
    CheckpointException refused = new CheckpointException();
    for (Resource resource : resources) {
      try {
        resource.beforeCheckpoint(GLOBAL);
      } catch (Exception e) {
        refused.addSuppressed(e);
      }
    }
    if (refused.getSuppressed().length == 0) {
      image.run();
    }
    for (int i = resources.size() - 1; i >= 0; i--) {
      try {
        resources.get(i).afterRestore(GLOBAL);
      } catch (Exception e) {
        refused.addSuppressed(e);
      }
    }
    if (refused.getSuppressed().length > 0) {
      throw refused;
    }
  }
}
