module shop {
  requires io.sqlassist.javalin;
  requires com.zaxxer.hikari;

  opens shop.model to
      org.hibernate.orm.core;
}
