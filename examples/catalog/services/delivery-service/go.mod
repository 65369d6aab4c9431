module github.com/marlow-goods/delivery-service

go 1.22.0
