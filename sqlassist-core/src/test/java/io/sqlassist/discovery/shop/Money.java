package io.sqlassist.discovery.shop;

import jakarta.persistence.Embeddable;

@Embeddable
public class Money {
  int cents;
}
