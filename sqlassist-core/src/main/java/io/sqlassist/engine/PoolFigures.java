package io.sqlassist.engine;

/**
 * How a pool of connections stands at one moment. The numbers are read one after the other, so that
 * they need not add up while the pool is in use.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param max how many connections there may be at once
 * @param active how many are in use
 * @param idle how many are open and free
 * @param waiting how many threads wait for one
 */
public record PoolFigures(int max, int active, int idle, int waiting) {

  @Override
  public String toString() {
    return "max=" + max + ", active=" + active + ", idle=" + idle + ", waiting=" + waiting;
  }
}
