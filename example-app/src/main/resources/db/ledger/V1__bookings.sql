create table bookings (
  order_id bigint not null primary key,
  book_id bigint not null,
  quantity integer not null check (quantity > 0),
  amount_cents bigint not null check (amount_cents >= 0)
);

create index bookings_of_book on bookings (book_id, order_id);
