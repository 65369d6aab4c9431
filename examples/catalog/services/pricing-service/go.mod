module github.com/marlow-goods/pricing-service

go 1.25.0

require github.com/jackc/pgx/v5 v5.7.2
