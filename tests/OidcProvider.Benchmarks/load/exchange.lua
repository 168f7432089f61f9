-- The whole code flow with a live session: an authorization request, then the exchange of its code (two requests each).
local seed = dofile(os.getenv("SEED"))
local codes, basic = {}, os.getenv("BASIC")
local post = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Authorization"] = "Basic " .. basic }

request = function()
  local code = table.remove(codes)
  if code then
    return wrk.format("POST", seed.token, post, "grant_type=authorization_code&code=" .. code .. "&code_verifier=" .. seed.verifier .. "&redirect_uri=" .. seed.redirect)
  end
  return wrk.format("GET", seed.authorize, { ["Cookie"] = seed.cookie })
end

response = function(status, headers, body)
  local code = (headers["Location"] or headers["location"] or ""):match("[?&]code=([^&]+)")
  if code then codes[#codes + 1] = code
  elseif status ~= 200 then io.stderr:write("exchange refused: ", tostring(status), " ", body:sub(1, 200), "\n") end
end
