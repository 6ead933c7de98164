# Kenward-Roger with the expected information, as R pbkrtest has it; its output stands beside it.
# Run:  Rscript kenward_roger_pbkrtest.R FOLDER > kenward_roger_pbkrtest.txt      (FOLDER holds polyps.csv)
suppressMessages({library(lme4); library(pbkrtest)})
folder <- commandArgs(TRUE)[1]
cat("#", R.version.string, "lme4", as.character(packageVersion("lme4")), "pbkrtest",
    as.character(packageVersion("pbkrtest")), "\n")
p <- read.csv(file.path(folder, "polyps.csv"), na.strings = c("NA", ""))
p$id <- seq_len(nrow(p)); p$x <- log(p$baseline) - mean(log(p$baseline)); p$arm <- as.integer(p$treatment == "sulindac")
long <- rbind(data.frame(id = p$id, x = p$x, arm = p$arm, later = 0, y = log(p$number3m)),
              data.frame(id = p$id, x = p$x, arm = p$arm, later = 1, y = log(p$number12m)))
long <- long[!is.na(long$y), ]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
found <- lmer(y ~ later + arm + arm:later + x + (1 | id), long, REML = TRUE, control = tight)
corrected <- vcovAdj(found)
for (row in c("arm", "later:arm")) {
  at <- which(names(fixef(found)) == row)
  contrast <- as.numeric(seq_along(fixef(found)) == at)
  cat(row, format(fixef(found)[[row]], digits = 12), format(sqrt(corrected[at, at]), digits = 12),
      format(Lb_ddf(contrast, vcov(found), corrected), digits = 12), "\n")
}
