package io.sqlassist.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineStartException;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A mapping that can't work keeps its engine from starting, not the first query from running. */
class MappingAtStartTest {

  private final Databases db = new Databases(DatabaseKind.H2);

  @AfterEach
  void nothingIsLeft() {
    assertThat(db.registry.names()).isEmpty();
    assertThat(db.connectionsInUse()).isZero();
    db.close();
  }

  private void refused(Class<?> entity, String... said) {
    assertThatThrownBy(() -> db.engine("writer", entity))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("Engine 'writer' did not start: Hibernate refused its mapping")
        .hasMessageContainingAll(said);
  }

  @Entity(name = "Asked")
  @NamedQuery(name = "Asked.byNmae", query = "from Asked where nmae = :name")
  static class Asked {
    @Id Long id;
    String name;
  }

  @Test
  void aNamedQueryWithAnUnknownAttributeIsFoundAtStart() {
    refused(Asked.class, "Asked.byNmae", "nmae");
  }

  @Entity(name = "Misspelt")
  @NamedQuery(name = "Misspelt.all", query = "form Misspelt")
  static class Misspelt {
    @Id Long id;
  }

  @Test
  void aNamedQueryWithWrongSyntaxIsFoundAtStart() {
    refused(Misspelt.class, "Misspelt.all");
  }

  @Entity(name = "Child")
  static class Child {
    @Id Long id;
    @ManyToOne Parent parent;
  }

  @Entity(name = "Parent")
  static class Parent {
    @Id Long id;

    @OneToMany(mappedBy = "mother")
    Set<Child> children;
  }

  @Test
  void anAssociationToAnEntityThatIsNotMappedIsFoundAtStart() {
    refused(Child.class, "Parent");
  }

  @Test
  void theOtherSideOfAnAssociationThatIsNotThereIsFoundAtStart() {
    assertThatThrownBy(() -> db.engine("writer", Child.class, Parent.class))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("mother");
  }

  @Entity(name = "Keyless")
  static class Keyless {
    String name;
  }

  @Test
  void anEntityWithoutAnIdIsFoundAtStart() {
    refused(Keyless.class, "Keyless");
  }

  @Entity(name = "Limited")
  @Table(uniqueConstraints = @UniqueConstraint(columnNames = "colour"))
  static class Limited {
    @Id Long id;
    String color;
  }

  @Test
  void aConstraintOnAColumnThatIsNotMappedIsFoundAtStart() {
    refused(Limited.class, "has no column 'colour'", "[color, id]");
  }
}
