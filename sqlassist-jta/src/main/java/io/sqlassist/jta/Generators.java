package io.sqlassist.jta;

import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.generator.Generator;
import org.hibernate.id.enhanced.SequenceStyleGenerator;
import org.hibernate.id.enhanced.TableGenerator;

/** What the generators of an engine's ids need. */
final class Generators {

  private Generators() {}

  /**
   * How many connections must stay free for transactions that want an id: one, where some id comes
   * from a table. It is read outside of the transaction, on a connection of its own, and given back
   * at once; so one is enough for all of them.
   */
  static int connectionsBesides(SessionFactory factory) {
    boolean[] tables = {false};
    factory
        .unwrap(SessionFactoryImplementor.class)
        .getMappingMetamodel()
        .forEachEntityDescriptor(entity -> tables[0] |= readsTable(entity.getGenerator()));
    return tables[0] ? 1 : 0;
  }

  private static boolean readsTable(Generator generator) {
    return generator instanceof TableGenerator
        || (generator instanceof SequenceStyleGenerator sequence
            && !sequence.getDatabaseStructure().isPhysicalSequence());
  }
}
