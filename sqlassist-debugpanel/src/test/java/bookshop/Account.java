package bookshop;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "accounts")
public class Account {

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private Long id;

  private String email;
  private String passwordHash;

  protected Account() {}

  public Account(String email, String passwordHash) {
    this.email = email;
    this.passwordHash = passwordHash;
  }

  public Long id() {
    return id;
  }
}
