package io.sqlassist.example;

import java.security.SecureRandom;
import java.util.Base64;

/** What JDBC needs to connect. */
record Login(String url, String user, String password) {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** A login with a new password. Nobody has to know it: each start makes another one. */
  static Login withNewPassword(String url, String user) {
    byte[] secret = new byte[24];
    RANDOM.nextBytes(secret);
    return new Login(url, user, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  @Override
  public String toString() {
    return user + " at " + url;
  }
}
