# Repeated measures by generalised least squares with R nlme, REML; its output stands beside it.
# Run:  Rscript mmrm_nlme.R FOLDER > mmrm_nlme.txt      (FOLDER holds sleep.csv, polyps.csv, fev_data.csv)
# gls gives -2 log likelihoods, estimates and model standard errors; its degrees of freedom are n - p and not used.
suppressMessages(library(nlme))
folder <- commandArgs(TRUE)[1]
cat("#", R.version.string, "nlme", as.character(packageVersion("nlme")), "\n")
tight <- glsControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-10, msTol = 1e-12)
fit <- function(name, model, data, ...) {
  found <- gls(model, data, method = "REML", control = tight, na.action = na.omit, ...)
  cat(name, "minus2", format(-2 * as.numeric(logLik(found)), digits = 12), "\n")
  table <- summary(found)$tTable
  for (row in rownames(table))
    cat(name, row, format(table[row, "Value"], digits = 9), format(table[row, "Std.Error"], digits = 9), "\n")
}
read <- function(file) read.csv(file.path(folder, file), na.strings = c("NA", ""))

sleep <- read("sleep.csv"); sleep$visit <- as.integer(sleep$drug); sleep$drug <- factor(sleep$drug)
fit("sleep_un", extra_hours ~ drug, sleep, correlation = corSymm(form = ~ visit | id), weights = varIdent(form = ~ 1 | visit))
fit("sleep_cs", extra_hours ~ drug, sleep, correlation = corCompSymm(form = ~ 1 | id))

p <- read("polyps.csv")
p$id <- seq_len(nrow(p)); p$x <- log(p$baseline) - mean(log(p$baseline)); p$arm <- as.integer(p$treatment == "sulindac")
long <- rbind(data.frame(id = p$id, x = p$x, arm = p$arm, visit = 1, y = log(p$number3m)),
              data.frame(id = p$id, x = p$x, arm = p$arm, visit = 2, y = log(p$number12m)))
long <- long[!is.na(long$y), ]; long <- long[order(long$id, long$visit), ]
long$v3 <- as.integer(long$visit == 1); long$v12 <- as.integer(long$visit == 2)
free <- list(correlation = corSymm(form = ~ visit | id), weights = varIdent(form = ~ 1 | visit))
common <- y ~ 0 + v3 + v12 + arm:v3 + arm:v12 + x
crossed <- y ~ 0 + v3 + v12 + arm:v3 + arm:v12 + x:v3 + x:v12
fit("polyps_un_common", common, long, correlation = free$correlation, weights = free$weights)
fit("polyps_un_crossed", crossed, long, correlation = free$correlation, weights = free$weights)
fit("polyps_cs_common", common, long, correlation = corCompSymm(form = ~ 1 | id))

f <- read("fev_data.csv"); f <- f[!is.na(f$FEV1), ]; f$visit <- as.integer(substr(f$AVISIT, 4, 4))
f$trt <- as.integer(f$ARMCD == "TRT")
fit("fev_un", FEV1 ~ trt, f, correlation = corSymm(form = ~ visit | USUBJID), weights = varIdent(form = ~ 1 | visit))
fit("fev_ar1", FEV1 ~ trt, f, correlation = corAR1(form = ~ visit | USUBJID))
fit("fev_arh1", FEV1 ~ trt, f, correlation = corAR1(form = ~ visit | USUBJID), weights = varIdent(form = ~ 1 | visit))
fit("fev_cs", FEV1 ~ trt, f, correlation = corCompSymm(form = ~ 1 | USUBJID))
fit("fev_csh", FEV1 ~ trt, f, correlation = corCompSymm(form = ~ 1 | USUBJID), weights = varIdent(form = ~ 1 | visit))
fit("fev_exp", FEV1 ~ trt, f, correlation = corExp(form = ~ VISITN + VISITN2 | USUBJID))
fit("fev_gau", FEV1 ~ trt, f, correlation = corGaus(form = ~ VISITN + VISITN2 | USUBJID))
