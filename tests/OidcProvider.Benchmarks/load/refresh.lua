-- Refresh with rotation: each answer's token is presented next. SEED names the file of seed.mjs, BASIC the client's credentials.
local seed = dofile(os.getenv("SEED"))
local pool, basic = seed.refresh, os.getenv("BASIC")
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Authorization"] = "Basic " .. basic }

request = function()
  return wrk.format("POST", seed.token, headers, "grant_type=refresh_token&refresh_token=" .. table.remove(pool))
end

response = function(status, _, body)
  local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
  if token then table.insert(pool, 1, token) else io.stderr:write("refresh refused: ", body:sub(1, 200), "\n") end
end
