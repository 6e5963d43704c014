package io.sqlassist.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.hibernate.boot.model.relational.AuxiliaryDatabaseObject;
import org.hibernate.boot.model.relational.ContributableDatabaseObject;
import org.hibernate.boot.model.relational.Sequence;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.dialect.Dialect;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.mapping.Table;
import org.hibernate.tool.schema.SourceType;
import org.hibernate.tool.schema.TargetType;
import org.hibernate.tool.schema.extract.spi.DatabaseInformation;
import org.hibernate.tool.schema.internal.HibernateSchemaManagementTool;
import org.hibernate.tool.schema.spi.ContributableMatcher;
import org.hibernate.tool.schema.spi.ExceptionHandler;
import org.hibernate.tool.schema.spi.ExecutionOptions;
import org.hibernate.tool.schema.spi.SchemaManagementTool;
import org.hibernate.tool.schema.spi.ScriptSourceInput;
import org.hibernate.tool.schema.spi.ScriptTargetOutput;
import org.hibernate.tool.schema.spi.SourceDescriptor;
import org.hibernate.tool.schema.spi.TargetDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's schema tool, asked for the statements only: run here, the first refusal stops them
 * all and reaches the caller, instead of the log.
 */
final class DdlStatements {

  /** SQLSTATEs of "there is one already", of PostgreSQL: type, cast, table, schema. */
  private static final Set<String> EXISTS = Set.of("42710", "42723", "42P07", "42P06");

  private static final Pattern CASCADE =
      Pattern.compile("\\s+cascade\\s*;?\\s*$", Pattern.CASE_INSENSITIVE);

  private final String engine;
  private final MetadataImplementor metadata;
  private final SessionFactoryImplementor factory;
  private final Dialect dialect;
  private final HibernateSchemaManagementTool tool;
  private final ExecutionOptions options;

  DdlStatements(String engine, MetadataImplementor metadata, SessionFactoryImplementor factory) {
    this.engine = engine;
    this.metadata = metadata;
    this.factory = factory;
    this.dialect = metadata.getDatabase().getDialect();
    SchemaManagementTool configured =
        factory.getServiceRegistry().requireService(SchemaManagementTool.class);
    if (!(configured instanceof HibernateSchemaManagementTool hibernates)) {
      throw new UnsupportedOperationException(
          "Engine '"
              + engine
              + "' has a SchemaManagementTool of its own, "
              + configured.getClass().getName()
              + ": use that one.");
    }
    this.tool = hibernates;
    this.options = options(MappedTables.toolSettings(factory));
  }

  private static ExecutionOptions options(Map<String, Object> settings) {
    return new ExecutionOptions() {
      @Override
      public Map<String, Object> getConfigurationValues() {
        return settings;
      }

      @Override
      public boolean shouldManageNamespaces() {
        return false;
      }

      @Override
      public ExceptionHandler getExceptionHandler() {
        return failure -> {
          throw failure;
        };
      }
    };
  }

  /** What makes those objects, in an order that works. */
  List<String> create(Set<ContributableDatabaseObject> objects) {
    Script script = new Script();
    tool.getSchemaCreator(options.getConfigurationValues())
        .doCreation(metadata, options, only(objects), FROM_MAPPING, script);
    return script.statements;
  }

  /**
   * What drops those objects, in an order that works.
   *
   * @param withTypes also what belongs to no table, such as types of columns
   */
  List<String> drop(Set<ContributableDatabaseObject> objects, boolean withTypes) {
    Script script = new Script();
    tool.getSchemaDropper(options.getConfigurationValues())
        .doDrop(metadata, options, only(objects), FROM_MAPPING, script);
    if (!withTypes) {
      script.statements.removeAll(auxiliary(false));
    }
    script.statements.replaceAll(DdlStatements::withoutCascade);
    return script.statements;
  }

  /** Their foreign keys are dropped before; what else depends on a table, such as a view, stays. */
  private static String withoutCascade(String sql) {
    return sql.startsWith("drop table ") ? CASCADE.matcher(sql).replaceFirst(" restrict") : sql;
  }

  /** Whether the statements drop the foreign keys that the mapping knows before the tables. */
  boolean dropsMappedForeignKeys() {
    return dialect.dropConstraints();
  }

  /** For a name as the database spells it. */
  String dropForeignKey(String table, String key) {
    return "alter table "
        + dialect.toQuotedIdentifier(table)
        + " "
        + dialect.getDropForeignKeyString()
        + " "
        + dialect.toQuotedIdentifier(key);
  }

  private static ContributableMatcher only(Set<ContributableDatabaseObject> objects) {
    return objects::contains;
  }

  /** The statements about what belongs to no table. */
  private Set<String> auxiliary(boolean creating) {
    Set<String> statements = new LinkedHashSet<>();
    SqlStringGenerationContext context = factory.getSqlStringGenerationContext();
    for (AuxiliaryDatabaseObject object : metadata.getDatabase().getAuxiliaryDatabaseObjects()) {
      if (object.appliesToDialect(dialect)) {
        statements.addAll(
            List.of(creating ? object.sqlCreateStrings(context) : object.sqlDropStrings(context)));
      }
    }
    return statements;
  }

  /**
   * Runs statements in one transaction, where the database has that for tables; elsewhere what was
   * done before one is refused stays.
   */
  void run(ConnectionProvider connections, List<String> statements) {
    Set<String> mayExist = auxiliary(true);
    use(
        engine,
        connections,
        connection -> {
          boolean autoCommit = connection.getAutoCommit();
          if (autoCommit) {
            connection.setAutoCommit(false);
          }
          try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
              run(connection, statement, sql, mayExist.contains(sql));
            }
            connection.commit();
          } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
          } finally {
            if (autoCommit) {
              connection.setAutoCommit(true);
            }
          }
        });
  }

  private static void rollback(Connection connection, Exception because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e);
    }
  }

  private void run(Connection connection, Statement statement, String sql, boolean mayExist)
      throws SQLException {
    Savepoint before = mayExist ? connection.setSavepoint() : null;
    try {
      statement.execute(sql);
      if (before != null) {
        connection.releaseSavepoint(before);
      }
    } catch (SQLException e) {
      if (before == null || !EXISTS.contains(String.valueOf(e.getSQLState()))) {
        throw new SchemaChangeException(
            engine, "the database refused '" + sql + "': " + e.getMessage(), e);
      }
      connection.rollback(before);
    }
  }

  /** Those of the objects that the database has. */
  Set<ContributableDatabaseObject> existing(Set<ContributableDatabaseObject> objects) {
    Set<ContributableDatabaseObject> existing = new LinkedHashSet<>();
    look(
        comparison -> {
          for (ContributableDatabaseObject object : objects) {
            if (has(comparison.database(), object)) {
              existing.add(object);
            }
          }
        });
    return existing;
  }

  private static boolean has(DatabaseInformation database, ContributableDatabaseObject object) {
    if (object instanceof Table table) {
      return database.getTableInformation(table.getQualifiedTableName()) != null;
    }
    return object instanceof Sequence sequence
        && database.getSequenceInformation(sequence.getName()) != null;
  }

  /** What differs between the database and those objects. */
  List<SchemaDifference> compare(Set<ContributableDatabaseObject> objects, SchemaInfo schema) {
    List<SchemaDifference> differences = new ArrayList<>();
    look(
        comparison -> {
          for (ContributableDatabaseObject object : objects) {
            if (object instanceof Table table) {
              differences.addAll(comparison.compare(table, schema));
            } else if (object instanceof Sequence sequence && !has(comparison.database(), object)) {
              String name = sequence.getName().getSequenceName().getText();
              differences.add(
                  new SchemaDifference(
                      SchemaDifference.Kind.MISSING_SEQUENCE,
                      name,
                      "The sequence '" + name + "' is missing."));
            }
          }
        });
    return differences;
  }

  private interface Look {
    void at(TableComparison comparison);
  }

  /** Lets Hibernate's validator look up what the database has, by its own rules for names. */
  private void look(Look look) {
    new TableComparison(tool) {
      @Override
      void begin() {
        look.at(this);
      }
    }.doValidation(metadata, options, ContributableMatcher.ALL);
  }

  /** What is done with a connection of an engine. */
  interface Work {
    void with(Connection connection) throws SQLException;
  }

  /** Works with a connection of an engine, and gives it back. */
  static void use(String engine, ConnectionProvider connections, Work work) {
    Connection connection;
    try {
      connection = connections.getConnection();
    } catch (SQLException e) {
      throw new SchemaChangeException(engine, "no connection: " + e.getMessage(), e);
    }
    Throwable failure = null;
    try {
      work.with(connection);
    } catch (SQLException e) {
      SchemaChangeException named =
          new SchemaChangeException(
              engine, "the tables could not be looked up or changed: " + e.getMessage(), e);
      failure = named;
      throw named;
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    } finally {
      giveBack(engine, connections, connection, failure);
    }
  }

  private static void giveBack(
      String engine,
      ConnectionProvider connections,
      Connection connection,
      @Nullable Throwable failure) {
    try {
      connections.closeConnection(connection);
    } catch (SQLException e) {
      if (failure == null) {
        throw new SchemaChangeException(
            engine, "the connection could not be given back: " + e.getMessage(), e);
      }
      failure.addSuppressed(e);
    }
  }

  private static final SourceDescriptor FROM_MAPPING =
      new SourceDescriptor() {
        @Override
        public SourceType getSourceType() {
          return SourceType.METADATA;
        }

        @Override
        public @Nullable ScriptSourceInput getScriptSourceInput() {
          return null;
        }
      };

  /** Collects statements instead of running them. */
  private static final class Script implements TargetDescriptor, ScriptTargetOutput {

    private final List<String> statements = new ArrayList<>();

    @Override
    public EnumSet<TargetType> getTargetTypes() {
      return EnumSet.of(TargetType.SCRIPT);
    }

    @Override
    public ScriptTargetOutput getScriptTargetOutput() {
      return this;
    }

    @Override
    public void prepare() {
      // nothing to open
    }

    @Override
    public void accept(String command) {
      statements.add(command);
    }

    @Override
    public void release() {
      // nothing to close
    }
  }
}
