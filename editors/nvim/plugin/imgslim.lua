-- Serve Dockerfiles without being asked to, unless the configuration has done so or set vim.g.imgslim_manual.
if vim.g.loaded_imgslim then
  return
end
vim.g.loaded_imgslim = true

local function begin()
  if not vim.g.imgslim_started and not vim.g.imgslim_manual then
    require("imgslim").setup()
  end
end

if vim.v.vim_did_enter == 1 then
  begin()
else
  vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = begin })
end
