-- What a person does in Neovim, driven headless: open a project's file, change the buffer, look at what is found, choose a
-- code action, write down what came of it. IMGSLIM_* in the environment say which file, text, target and where to write.
local function fail(message)
  io.stderr:write("nvim: " .. tostring(message) .. "\n")
  vim.cmd("cquit 1")
end

local function wait(what, condition)
  if not vim.wait(60000, condition, 20) then
    fail("waited in vain for " .. what)
  end
end

local function lines_of(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return vim.split(text:gsub("\r\n", "\n"):gsub("\n$", ""), "\n", { plain = true })
end

local function clients()
  return vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = 0 }) or vim.tbl_values(vim.lsp.buf_get_clients(0))
end

local function work()
  local env = vim.env
  vim.cmd("edit " .. vim.fn.fnameescape(env.IMGSLIM_FILE))
  wait("a client", function()
    return #clients() == 1 and clients()[1].initialized ~= false and clients()[1].server_capabilities ~= nil
  end)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, lines_of(env.IMGSLIM_TEXT))
  vim.cmd("let &undolevels = &undolevels") -- else both changes would be one to undo: no key was pressed between them
  assert(vim.bo.modified, "the buffer is to be unsaved")
  wait("findings", function()
    return vim.tbl_contains(vim.tbl_map(function(d)
      return d.code or (d.user_data and d.user_data.lsp and d.user_data.lsp.code)
    end, vim.diagnostic.get(0)), "can-be-split")
  end)

  local titles = {}
  local wanted = "Split into builder + " .. env.IMGSLIM_TARGET
  vim.ui.select = function(items, _, choose)
    for index, item in ipairs(items) do
      local action = item.action or item[2]
      table.insert(titles, action.title)
      if action.title == wanted then
        choose(item, index)
      end
    end
  end
  local before = vim.api.nvim_buf_get_changedtick(0)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  vim.lsp.buf.code_action()
  wait("the edit; there were: " .. table.concat(titles, ", "), function()
    return vim.api.nvim_buf_get_changedtick(0) ~= before
  end)
  vim.cmd("write! " .. vim.fn.fnameescape(env.IMGSLIM_RESULT))
  vim.cmd("undo")
  vim.cmd("write! " .. vim.fn.fnameescape(env.IMGSLIM_RESULT .. ".undone"))
end

-- The script is read before the plugin has begun; a person types after that.
vim.api.nvim_create_autocmd("VimEnter", {
  callback = vim.schedule_wrap(function()
    local ok, message = pcall(work)
    if not ok then
      fail(message)
    end
    vim.cmd("qall!")
  end),
})
