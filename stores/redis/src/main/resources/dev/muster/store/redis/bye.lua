-- Forgets a client that closes.
forgetClient(ARGV[1])
return 1
