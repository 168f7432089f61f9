local seed = dofile(os.getenv("SEED"))
wrk.headers["Authorization"] = "Bearer " .. seed.access
