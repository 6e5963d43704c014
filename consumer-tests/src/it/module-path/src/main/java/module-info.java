module shop {
  requires io.sqlassist.javalin;
  requires io.sqlassist.micrometer;
  requires io.sqlassist.testing;
  requires com.zaxxer.hikari;

  opens shop.model to
      org.hibernate.orm.core;
}
