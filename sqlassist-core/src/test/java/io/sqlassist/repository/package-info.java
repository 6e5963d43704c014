/** Repositories of Jakarta Data, as Hibernate's annotation processor implements them. */
package io.sqlassist.repository;
